package builtin

import (
	"math"
	"math/big"

	"github.com/bixidata/bixi/udf/builtin/internal/exactsum"
)

// exact computes with the exact sums of one group, so that the differences of
// large sums lose nothing.
type exact struct {
	sums []exactsum.Sums
	args int
	g    int
	n    int64
}

// products is the place of the sum of the products of arguments i and j.
func (e *exact) products(i, j int) int {
	if i == 1 {
		return 4
	}
	return e.args + j
}

func (e *exact) fastSpread(i, j int) (pair, bool) {
	return smallSpread(&e.sums[i], &e.sums[j], &e.sums[e.products(i, j)], e.g, e.n)
}

// spread is n·Σxy − Σx·Σy, exactly; nil if a term was not finite.
func (e *exact) spread(i, j int) *big.Float {
	at := e.products(i, j)
	x, xe, ok := e.sums[i].Exact(e.g)
	y, ye, ok2 := e.sums[j].Exact(e.g)
	p, pe, ok3 := e.sums[at].Exact(e.g)
	if !ok || !ok2 || !ok3 {
		return nil
	}
	p.Mul(p, big.NewInt(e.n))
	x.Mul(x, y)
	low := min(pe, xe+ye)
	p.Lsh(p, uint(pe-low)).Sub(p, x.Lsh(x, uint(xe+ye-low)))
	f := new(big.Float).SetInt(p)
	return f.SetMantExp(f, low)
}

// covariance of arguments i and j over n − less rows.
func (e *exact) covariance(i, j int, less int64) float64 {
	if e.n == less {
		return 0
	}
	if s, ok := e.fastSpread(i, j); ok {
		n := pairOf(false, multiply([2]uint64{uint64(e.n)}, [2]uint64{uint64(e.n - less)}), 0)
		if v, ok := s.over(n).float64(); ok {
			return v
		}
	}
	return e.slowCovariance(i, j, less)
}

// slowCovariance is covariance, whatever the sums are.
func (e *exact) slowCovariance(i, j int, less int64) float64 {
	s := e.spread(i, j)
	if s == nil {
		return math.NaN()
	}
	n := new(big.Float).SetInt(new(big.Int).Mul(big.NewInt(e.n), big.NewInt(e.n-less)))
	v, _ := new(big.Float).SetPrec(256).Quo(s, n).Float64()
	return v
}

func (e *exact) correlation() (float64, bool) {
	xy, ok := e.fastSpread(0, 1)
	xx, ok2 := e.fastSpread(0, 0)
	yy, ok3 := e.fastSpread(1, 1)
	if ok && ok2 && ok3 {
		if xx.neg || yy.neg || xx.hi == 0 || yy.hi == 0 {
			return 0, false
		}
		if v, ok := xy.over(geometric(xx, yy)).float64(); ok {
			return v, true
		}
	}
	return e.slowCorrelation()
}

// slowCorrelation is correlation, whatever the sums are.
func (e *exact) slowCorrelation() (float64, bool) {
	xy, xx, yy := e.spread(0, 1), e.spread(0, 0), e.spread(1, 1)
	if xy == nil || xx == nil || yy == nil {
		return math.NaN(), true
	}
	if xx.Sign() <= 0 || yy.Sign() <= 0 {
		return 0, false
	}
	d := new(big.Float).SetPrec(256).Mul(xx, yy)
	v, _ := new(big.Float).SetPrec(256).Quo(xy, d.Sqrt(d)).Float64()
	return v, true
}
