-- Q14: distinct strings, 100 k of them, by 100 strings.
SELECT id2, COUNT(DISTINCT id3) AS n FROM x GROUP BY id2;
