-- Grain: one row per seller of the uploaded table still there on $as_of. Tables: reps. Units: hours a month.
WITH
reps AS (SELECT rep_id, name, team, seniority, hours_per_month, max_accounts, left_on FROM reps)
SELECT rep_id, name, team, seniority, hours_per_month, max_accounts
FROM reps
WHERE left_on IS NULL OR left_on > $as_of
ORDER BY rep_id
