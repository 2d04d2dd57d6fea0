-- Grain: one opportunity that was open at some time in ($replayed_on, $ends_on], of a known customer.
-- Tables: deals. State as it stood at the end of $ends_on: open where closed_on is null or later, whatever the file says
-- today. One without opened_on has no age: only deals closed in the window are then listed, with null days.
-- Parameters: $replayed_on DATE; $ends_on DATE, the last day of the outcome window.
-- Units: entry_days, exit_days: days since opened_on; entry −1 for a deal opened in the window, else its age at the end of
-- $replayed_on; exit at its closing, else at $ends_on.
WITH
import_deals AS (SELECT * FROM deals),
placed AS (
    SELECT
        customer_id,
        coalesce(deal_id, row_key) AS deal_id,
        opened_on,
        closed_on,
        state,
        closed_on IS NOT NULL AND closed_on <= $ends_on AS is_closed
    FROM import_deals
    WHERE
        customer_id IS NOT NULL
        AND (closed_on IS NULL OR closed_on > $replayed_on)
        AND (opened_on <= $ends_on OR (opened_on IS NULL AND closed_on <= $ends_on))
        AND (opened_on IS NULL OR closed_on IS NULL OR closed_on >= opened_on)
)
SELECT
    customer_id,
    CASE WHEN opened_on > $replayed_on THEN -1 ELSE $replayed_on - opened_on END AS entry_days,
    CASE WHEN is_closed THEN closed_on ELSE $ends_on END - opened_on AS exit_days,
    CASE WHEN is_closed AND state IN ('won', 'lost') THEN state ELSE 'open' END AS state
FROM placed
ORDER BY customer_id, deal_id, opened_on, closed_on, state
