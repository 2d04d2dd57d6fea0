-- Grain: one seller of the uploaded table; is_here says whether still there at the end of $as_of.
-- Tables: reps.
-- Parameters: $as_of DATE.
-- Units: hours_per_month hours, max_accounts customers; null where the file does not say.
WITH
import_reps AS (SELECT * FROM reps)
SELECT
    rep_id, name, team, seniority, hours_per_month, max_accounts,
    left_on IS NULL OR left_on > $as_of AS is_here
FROM import_reps
ORDER BY rep_id
