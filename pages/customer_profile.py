"""Customers: why is this customer here?"""

import streamlit as st

from segmentation.explanations import explain
from segmentation.records import collect_records
from segmentation.tuning import draw_lines
from segmentation.ui import profile_panels as panels
from segmentation.ui.alias_block import show_customer_aliases
from segmentation.ui.blocks import grey, headline
from segmentation.ui.caches import prepare_once
from segmentation.ui.drafts import current_scheme
from segmentation.ui.escape import plain
from segmentation.ui.frame import link_to, require
from segmentation.ui.override_lines import overrides_now
from segmentation.ui.profile_group import show_group
from segmentation.ui.profile_months import show_likely, show_months
from segmentation.ui.profile_override import show_override
from segmentation.ui.profile_tags import show_tags
from segmentation.ui.scheme_bar import SchemeBar
from segmentation.ui.session import Session, current


def main(session: Session) -> None:
    bar = SchemeBar(session, has_publish=False)
    scheme = current_scheme(session)
    base = prepare_once(session.book, session.store_key, scheme, session.list_date)
    if base.now.population == 0:
        bar.tell(scheme, None)
        show_nobody(session)
        return
    evaluation = draw_lines(base, scheme)
    bar.tell(scheme, evaluation)
    asked = st.query_params.get(panels.CUSTOMER_KEY)
    with st.sidebar:
        customer_id = panels.choose_customer(session, base.now)
    if asked is not None and asked not in base.now.features.index:
        grey(session.look.say("profile.unknown", id=plain(asked), date=session.list_date))
    if customer_id is None:
        return
    told = explain(base.now, customer_id, evaluation.cuts, evaluation.names)
    window_days = base.now.method.window_days
    profile = panels.Profile(
        told,
        collect_records(session.book, customer_id, session.list_date, window_days),
        None if told.score is None else evaluation.names.index(told.tier),
        evaluation.names,
        session.list_date,
        window_days,
        overrides_now(session, session.list_date).get(customer_id),
    )
    panels.show_head(profile, session, base.now)
    show_tags(session, customer_id, profile.tier, evaluation.names)
    with st.container(horizontal=True, vertical_alignment="center", key="profile_acts"):
        show_override(session, told, profile.override, evaluation.names)
        show_customer_aliases(session, base.now, customer_id)
    panels.show_reasons(profile, base.now, session.look)
    with st.container(key="pair"):
        left, right = st.columns(2, gap="large")
    with left:
        panels.show_breakdown(profile, session.look)
    with right:
        panels.show_history(profile, session.look)
        replayed = show_months(session, base.now, evaluation, customer_id)
    if replayed is not None:
        with left:
            show_likely(replayed, told.score, evaluation, session.look)
    show_group(session, base, evaluation, customer_id)
    panels.show_records(profile, session.look)


def show_nobody(session: Session) -> None:
    """No customer in these data: what would bring some."""
    headline(session.look.say("profile.empty"), session.look.say("profile.empty.text"))
    if st.button(session.look.say("profile.empty.go"), type="primary", key="profile.empty.go"):
        st.switch_page(link_to("data_intake"))


require()
main(current())
