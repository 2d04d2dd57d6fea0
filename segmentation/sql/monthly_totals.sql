-- Grain: one row for the whole data version: whether all it knows of orders are totals of months.
-- Tables: orders. A month table's rows say so in the place of their line number.
-- Parameters: none.
-- Units: none; false where there is no order.
WITH
import_orders AS (SELECT * FROM orders)
SELECT
    EXISTS (SELECT 1 FROM import_orders)
    AND NOT EXISTS (
        SELECT 1 FROM import_orders WHERE line IS NULL OR NOT starts_with(line, 'monthly total')
    ) AS are_all_monthly
