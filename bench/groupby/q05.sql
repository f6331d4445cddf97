-- Q5: three sums by n/100 integers.
SELECT COUNT(*) AS n, MAX(id6) AS id6, SUM(v1) AS v1, MAX(v1) AS most1, SUM(v2) AS v2, MAX(v2) AS most2,
    SUM(v3) AS v3, MAX(v3) AS most3
FROM (SELECT id6, SUM(v1) AS v1, SUM(v2) AS v2, SUM(v3) AS v3 FROM x GROUP BY id6) g;
