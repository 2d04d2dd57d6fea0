-- Grain: one recorded opportunity of $customer_id, newest first. Tables: deals, sources.
-- Parameters: $customer_id; $as_of DATE; $window_start DATE, the day before the window's first.
-- Units: amount in the currency, null while the deal is open at $as_of; state as it stood at $as_of; reason null = counted,
-- else after_date, before_window, or undated (a deal without dates cannot be placed in time). cell is the one of its state;
-- number is the deal's own, null where the file has none.
WITH
import_deals AS (SELECT * FROM deals WHERE customer_id = $customer_id),
import_sources AS (SELECT * FROM sources),
placed AS (
    SELECT
        *,
        opened_on IS NULL AND closed_on IS NULL AS is_undated,
        closed_on IS NOT NULL AND closed_on <= $as_of AS is_closed
    FROM import_deals
)
SELECT
    coalesce(placed.deal_id, placed.row_key) AS deal_id,
    CASE WHEN json_extract_string(import_sources."columns", '$.deal_id[1]') IS NOT NULL THEN placed.deal_id END AS number,
    placed.opened_on,
    placed.expected_on,
    CASE WHEN placed.is_closed THEN placed.closed_on END AS closed_on,
    CASE WHEN placed.is_closed OR placed.is_undated THEN placed.state ELSE 'open' END AS state,
    CASE WHEN placed.is_closed OR placed.is_undated THEN CAST(placed.amount AS DOUBLE) END AS amount,
    placed.product,
    placed.rep,
    import_sources.file,
    import_sources.sheet,
    placed.source_row,
    coalesce(
        json_extract_string(import_sources."columns", '$.state[1]'),
        json_extract_string(import_sources."columns", '$.stage[1]'),
        json_extract_string(import_sources."columns", '$.closed_on[1]')
    ) || placed.source_row AS cell,
    CASE
        WHEN placed.is_undated THEN 'undated'
        WHEN coalesce(placed.opened_on, placed.closed_on) > $as_of THEN 'after_date'
        WHEN placed.is_closed AND placed.closed_on <= $window_start THEN 'before_window'
    END AS reason
FROM placed
LEFT JOIN import_sources ON import_sources.source_id = placed.source_id
ORDER BY coalesce(placed.closed_on, placed.opened_on) DESC NULLS LAST, placed.deal_id, placed.source_id, placed.source_row, placed.row_key
