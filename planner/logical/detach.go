package logical

// Detach is n with definitions of its own, so that rules may rewrite them while
// others use the same ones.
func Detach(n Node) Node {
	return detach(n, map[*Definition]*Definition{})
}

func detach(n Node, own map[*Definition]*Definition) Node {
	return Transform(n, func(n Node) Node {
		s, ok := n.(*Shared)
		if !ok {
			return n
		}
		d := own[s.Def]
		if d == nil {
			d = &Definition{Name: s.Def.Name, Root: detach(s.Def.Root, own)}
			own[s.Def] = d
		}
		return &Shared{Def: d, From: s.From, Cols: s.Cols}
	})
}
