-- Q6: Forecasting revenue change.
-- Rewritten: dates are added up in the text; the bounds are DECIMAL, as 0.06 - 0.01 would be DOUBLE.
SELECT SUM(l_extendedprice * l_discount) AS revenue
FROM lineitem
WHERE l_shipdate >= DATE '1994-01-01'
    AND l_shipdate < DATE '1995-01-01'
    AND l_discount BETWEEN 0.05BD AND 0.07BD
    AND l_quantity < 24;
