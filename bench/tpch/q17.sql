-- Q17: Small-quantity-order revenue.
-- Rewritten: 7.0 is DECIMAL (unmarked it would be DOUBLE); 0.2 is DECIMAL (unmarked it would be DOUBLE).
SELECT SUM(l_extendedprice) / 7.0BD AS avg_yearly
FROM lineitem, part
WHERE p_partkey = l_partkey
    AND p_brand = 'Brand#23'
    AND p_container = 'MED BOX'
    AND l_quantity < (
        SELECT 0.2BD * AVG(l_quantity)
        FROM lineitem
        WHERE l_partkey = p_partkey);
