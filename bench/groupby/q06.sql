-- Q6: median and deviation by 10 k pairs of integers.
SELECT COUNT(*) AS n, MAX(id4) AS id4, MAX(id5) AS id5, SUM(mid) AS mids, MAX(mid) AS highest, SUM(dev) AS devs, MAX(dev) AS widest
FROM (SELECT id4, id5, MEDIAN(v3) AS mid, STDDEV_SAMP(v3) AS dev FROM x GROUP BY id4, id5) g;
