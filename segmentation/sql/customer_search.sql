-- Grain: one customer whose id or name contains $wanted, best match first, at most 50. Tables: customers; the ids seen in
-- orders, deals and touches where there is no customers table.
-- Parameters: $wanted, NFKC-normalised and in lower case by the caller, matched letter by letter (no wildcards); empty = all.
-- Units: place 0 the id itself, 1 the name itself, 2 id begins so, 3 name begins so, 4 elsewhere. Width and case do not count.
WITH
import_customers AS (SELECT customer_id, name, region, owner FROM customers),
seen AS (
    SELECT customer_id FROM orders UNION SELECT customer_id FROM deals UNION SELECT customer_id FROM touches
),
roster AS (
    SELECT customer_id, coalesce(name, customer_id) AS name, region, owner FROM import_customers
    UNION ALL
    SELECT customer_id, customer_id AS name, NULL AS region, NULL AS owner FROM seen
    WHERE customer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM import_customers)
),
-- Full-width letters, digits and marks as their half-width twins: what NFKC does to the names people type.
plain AS (
    SELECT
        *,
        lower(customer_id) AS plain_id,
        lower(translate(
            name,
            '！＂＃＄＆（）＊＋，－．／０１２３４５６７８９：；＜＝＞＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｜～　',
            '!"#$&()*+,-./0123456789:;<=>@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz|~ '
        )) AS plain_name
    FROM roster
)
SELECT
    customer_id,
    name,
    region,
    owner,
    CASE
        WHEN plain_id = $wanted THEN 0
        WHEN plain_name = $wanted THEN 1
        WHEN starts_with(plain_id, $wanted) THEN 2
        WHEN starts_with(plain_name, $wanted) THEN 3
        ELSE 4
    END AS place
FROM plain
WHERE contains(plain_id, $wanted) OR contains(plain_name, $wanted)
ORDER BY place, length(name), customer_id
LIMIT 50
