-- Q9: squared correlation by 10 k pairs of a string and an integer.
-- Where a column does not vary there is a NaN, not NULL.
SELECT COUNT(*) AS n, MAX(id2) AS id2, MAX(id4) AS id4, SUM(r2) AS total, MAX(r2) AS closest
FROM (SELECT id2, id4, POWER(NULLIF(CORR(v1, v2), 'nan'), 2) AS r2 FROM x GROUP BY id2, id4) g;
