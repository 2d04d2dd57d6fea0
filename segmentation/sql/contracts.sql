-- Grain: one customer with a contract known at the end of $as_of: a deal won with a term, or a renewal won or lost.
-- Tables: deals. Where no deal won by then carries a term and renewals are on record, every new deal won is a contract; a
-- term not recorded is 12 months. Deals do not say which contract they renew, so they are told by season: the time around an anniversary of the
-- customer's first contract, half of its shortest term before and after. A contract ends with a season in which nothing
-- was signed, or lapses where half a term after its end nothing was decided.
-- Parameters: $as_of DATE.
-- Units: renewal_count seasons renewed since the contract began, or since the customer came back; contract_amount what was
-- signed in the last season and the expansions since, per term, in the currency, 0 once it ended; contract_term_months the
-- longest term of the last season and renewal_due_days the days from $as_of until it is over (below 0: overdue), null once
-- ended; contract_lapsed 1 where it ended without a decision, else 0; first_contract_renewals, first_contract_lost (0 or
-- 1): renewals and end of the first contract, null where its beginning is not on record.
WITH
import_deals AS (SELECT * FROM deals),
decided AS (
    SELECT customer_id, closed_on, state = 'won' AS is_won, coalesce(kind, '') AS kind, amount, term_months
    FROM import_deals
    WHERE
        customer_id IS NOT NULL AND state IN ('won', 'lost') AND closed_on <= $as_of
        AND (opened_on IS NULL OR opened_on <= $as_of)
),
terms AS (
    SELECT bool_or(is_won AND term_months IS NOT NULL) AS are_known, bool_or(kind = 'renewal') AS are_renewed
    FROM decided
),
contract_deals AS (
    SELECT
        *,
        CASE WHEN is_won THEN greatest(coalesce(term_months, 12), 1) END AS months,
        min(closed_on) OVER customer_deals AS first_on,
        coalesce(min(CASE WHEN is_won THEN greatest(coalesce(term_months, 12), 1) END) OVER customer_deals, 12) AS shortest
    FROM decided
    WHERE
        kind = 'renewal'
        OR (
            is_won AND kind <> 'expansion'
            AND (term_months IS NOT NULL OR (kind = 'new' AND (SELECT are_renewed AND NOT are_known FROM terms)))
        )
    WINDOW customer_deals AS (PARTITION BY customer_id)
),
seasons AS (
    SELECT
        customer_id,
        floor((closed_on - first_on) / (shortest * 30.4375) + 0.5) AS season,
        bool_or(is_won) AS is_signed,
        coalesce(bool_and(kind = 'renewal') FILTER (WHERE is_won), FALSE) AS is_renewed,
        min(closed_on) AS decided_on,
        min(closed_on) FILTER (WHERE is_won) AS begins_on,
        max(closed_on) FILTER (WHERE is_won) + to_months(CAST(max(months) AS INTEGER)) AS ends_on,
        max(closed_on) FILTER (WHERE is_won) + to_months(CAST(max(months) AS INTEGER))
        + to_days(CAST(floor(max(months) * 30.4375 / 2) AS INTEGER)) AS lapses_on,
        sum(amount) FILTER (WHERE is_won) AS amount,
        max(months) AS months
    FROM contract_deals
    GROUP BY customer_id, season
),
-- Whoever signs after the end of a contract begins another one.
begun AS (
    SELECT *, coalesce(lag(NOT is_signed) OVER customer OR decided_on > lag(lapses_on) OVER customer, FALSE) AS is_new
    FROM seasons
    WINDOW customer AS (PARTITION BY customer_id ORDER BY season)
),
numbered AS (
    SELECT *, count(*) FILTER (WHERE is_new) OVER (PARTITION BY customer_id ORDER BY season) AS contract
    FROM begun
),
contracts AS (
    SELECT
        customer_id,
        contract,
        -- A return is no renewal, whatever it is called.
        count(*) FILTER (WHERE is_renewed) - bool_or(is_renewed AND is_return)::INTEGER AS renewals,
        bool_or(NOT is_signed) AS is_refused,
        coalesce(arg_max(lapses_on, season) < $as_of, FALSE) AS is_lapsed,
        NOT arg_min(is_renewed OR NOT is_signed, season) AS is_start_known,
        arg_max(begins_on, season) AS begins_on,
        arg_max(ends_on, season) AS ends_on,
        arg_max_null(amount, season) AS amount,
        arg_max(months, season) AS months
    FROM (
        SELECT *, contract > 0 AND season = min(season) OVER (PARTITION BY customer_id, contract) AS is_return FROM numbered
    )
    GROUP BY customer_id, contract
),
latest AS (
    SELECT *, is_refused OR is_lapsed AS is_lost
    FROM contracts
    QUALIFY contract = max(contract) OVER (PARTITION BY customer_id)
),
expansions AS (
    SELECT latest.customer_id, sum(decided.amount) AS amount
    FROM latest
    JOIN decided ON decided.customer_id = latest.customer_id AND decided.closed_on >= latest.begins_on
    WHERE decided.is_won AND decided.kind = 'expansion'
    GROUP BY latest.customer_id
)
SELECT
    latest.customer_id,
    latest.renewals AS renewal_count,
    CASE
        WHEN latest.is_lost THEN 0
        WHEN latest.amount IS NOT NULL THEN CAST(latest.amount + coalesce(expansions.amount, 0) AS DOUBLE)
    END AS contract_amount,
    CASE WHEN NOT latest.is_lost THEN latest.months END AS contract_term_months,
    CASE WHEN NOT latest.is_lost THEN CAST(latest.ends_on AS DATE) - $as_of END AS renewal_due_days,
    CAST(latest.is_lapsed AND NOT latest.is_refused AS INTEGER) AS contract_lapsed,
    CASE WHEN first_one.is_start_known THEN first_one.renewals END AS first_contract_renewals,
    CASE WHEN first_one.is_start_known THEN CAST(first_one.is_refused OR first_one.is_lapsed AS INTEGER) END AS first_contract_lost
FROM latest
LEFT JOIN expansions ON expansions.customer_id = latest.customer_id
JOIN contracts AS first_one ON first_one.customer_id = latest.customer_id AND first_one.contract = 0
ORDER BY latest.customer_id
