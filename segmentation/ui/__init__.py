"""The interface kit: the only part of the core that imports Streamlit. A page is a list of intentions made of these.

frame     page switch, style, brand; a page's first line is `frame.require()`
session   `session.current()` → Session: book, is_sample, language, look (shade, currency), journal, published scheme;
          `switch_version(number)` after a publish or undo; `now()` is the interface's clock
scheme_bar `SchemeBar(session)` then `.tell(draft, evaluation)`, or its halves: first row of a page
drafts    `current_scheme(session)`: the scheme on the screen; control keys, adopting and counting changes
caches    `prepare_once(book, store_key, scheme, as_of)` → Base for `tuning.draw_lines`; `ByteBoundCache`
controls  choose, switch, slide, count, tick, pick_date: held values that survive page switches and stand in the link
blocks    headline, title (name, unit), chart (figure, alt, key), verdict, grey, empty
escape    `plain(text)`: a stranger's text inside any markdown; tables (`st.dataframe`) and `st.text` need none
problems  `with problems.shown(language):` a refusal as a red sentence, the unexpected as a code in the log
downloads `offer_csv(label, make, stem, key)`: formula-safe, under a name nobody else's file has
sentences, tuning_places, tuning_head, tuning_form, method_form, tuning_blocks: the tuning page's own parts
"""
