"""Customers: why is this customer here?"""

from segmentation.ui.frame import require

require()

import streamlit as st  # noqa: E402

from segmentation.explanations import explain  # noqa: E402
from segmentation.records import collect_records  # noqa: E402
from segmentation.tuning import draw_lines  # noqa: E402
from segmentation.ui import profile_panels as panels  # noqa: E402
from segmentation.ui.blocks import grey, headline  # noqa: E402
from segmentation.ui.caches import prepare_once  # noqa: E402
from segmentation.ui.drafts import current_scheme  # noqa: E402
from segmentation.ui.escape import plain  # noqa: E402
from segmentation.ui.frame import link_to  # noqa: E402
from segmentation.ui.session import Session, current  # noqa: E402


def main(session: Session) -> None:
    scheme = current_scheme(session)
    base = prepare_once(session.book, session.store_key, scheme, session.list_date)
    if base.now.population == 0:
        show_nobody(session)
        return
    asked = st.query_params.get(panels.CUSTOMER_KEY)
    with st.sidebar:
        customer_id = panels.choose_customer(session, base.now)
    if asked is not None and asked not in base.now.features.index:
        grey(session.look.say("profile.unknown", id=plain(asked), date=session.list_date))
    if customer_id is None:
        return
    evaluation = draw_lines(base, scheme)
    told = explain(base.now, customer_id, evaluation.cuts, evaluation.names)
    window_days = base.now.method.window_days
    profile = panels.Profile(
        told,
        collect_records(session.book, customer_id, session.list_date, window_days),
        None if told.score is None else evaluation.names.index(told.tier),
        session.list_date,
        window_days,
    )
    panels.show_head(profile, session, base.now)
    panels.show_reasons(profile, base.now, session.look)
    with st.container(key="pair"):
        left, right = st.columns(2, gap="large")
    with left:
        panels.show_breakdown(profile, session.look)
    with right:
        panels.show_history(profile, session.look)
    panels.show_records(profile, session.look)


def show_nobody(session: Session) -> None:
    """No customer in these data: what would bring some."""
    headline(session.look.say("profile.empty"), session.look.say("profile.empty.text"))
    if st.button(session.look.say("profile.empty.go"), type="primary", key="profile.empty.go"):
        st.switch_page(link_to("data_intake"))


main(current())
