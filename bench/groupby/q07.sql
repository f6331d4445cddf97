-- Q7: range of two columns by 100 k strings.
SELECT COUNT(*) AS n, MAX(id3) AS id3, SUM(width) AS total, MAX(width) AS widest
FROM (SELECT id3, MAX(v1) - MIN(v2) AS width FROM x GROUP BY id3) g;
