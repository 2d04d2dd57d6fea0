-- Grain: one recorded order line of $customer_id, newest first; in a version without orders, one won deal.
-- Tables: orders, deals, sources. Where it came from is file, sheet, source_row and cell (of its amount).
-- Parameters: $customer_id; $as_of DATE; $window_start DATE, the day before the window's first.
-- Units: amount in the currency; kind order, refund or deal; reason null = counted in full, else after_date, undated, or
-- before_window (it still counts for the last order). number is the order's own as written, null where the file has none;
-- order_id tells orders of one number apart.
WITH
import_orders AS (SELECT * FROM orders WHERE customer_id = $customer_id),
import_deals AS (SELECT * FROM deals WHERE customer_id = $customer_id),
import_sources AS (SELECT * FROM sources),
lines AS (
    SELECT
        order_id, line, ordered_on, amount, margin, product,
        CASE WHEN amount < 0 THEN 'refund' ELSE 'order' END AS kind, '$.order_id[1]' AS id_path, row_key, source_id, source_row
    FROM import_orders
    UNION ALL
    SELECT
        coalesce(deal_id, row_key) AS order_id, NULL AS line, closed_on AS ordered_on, amount, NULL AS margin, product,
        'deal' AS kind, '$.deal_id[1]' AS id_path, row_key, source_id, source_row
    FROM import_deals
    WHERE state = 'won' AND NOT EXISTS (SELECT 1 FROM orders)
)
SELECT
    lines.order_id,
    CASE
        WHEN json_extract_string(import_sources."columns", lines.id_path) IS NOT NULL
            THEN split_part(lines.order_id, chr(31), 1)
    END AS number,
    lines.line,
    lines.ordered_on,
    CAST(lines.amount AS DOUBLE) AS amount,
    CAST(lines.margin AS DOUBLE) AS margin,
    lines.product,
    lines.kind,
    import_sources.file,
    import_sources.sheet,
    lines.source_row,
    coalesce(
        json_extract_string(import_sources."columns", '$.amount[1]'),
        json_extract_string(import_sources."columns", '$.quantity[1]')
    ) || lines.source_row AS cell,
    CASE
        WHEN lines.ordered_on IS NULL THEN 'undated'
        WHEN lines.ordered_on > $as_of THEN 'after_date'
        WHEN lines.ordered_on <= $window_start THEN 'before_window'
    END AS reason
FROM lines
LEFT JOIN import_sources ON import_sources.source_id = lines.source_id
ORDER BY lines.ordered_on DESC NULLS LAST, lines.order_id, lines.line, lines.source_id, lines.source_row, lines.row_key
