-- Q14: Promotion effect.
-- Rewritten: dates are added up in the text; 100.00 is DECIMAL (unmarked it would be DOUBLE).
SELECT
    100.00BD * SUM(CASE WHEN p_type LIKE 'PROMO%' THEN l_extendedprice * (1 - l_discount) ELSE 0 END)
        / SUM(l_extendedprice * (1 - l_discount)) AS promo_revenue
FROM lineitem, part
WHERE l_partkey = p_partkey
    AND l_shipdate >= DATE '1995-09-01'
    AND l_shipdate < DATE '1995-10-01';
