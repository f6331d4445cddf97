-- Q7: range of two columns by n/100 strings.
SELECT COUNT(*) AS n, MAX(id3) AS id3, SUM(width) AS total, MAX(width) AS widest
FROM (SELECT id3, MAX(v1) - MIN(v2) AS width FROM x GROUP BY id3) g;
