package types

// integerDigits is the decimal width of an integer type.
func integerDigits(k Kind) int {
	switch k {
	case TinyInt:
		return 3
	case SmallInt:
		return 5
	case Int:
		return 10
	}
	return BigIntPrecision
}

// AsDecimal is the DECIMAL that holds every value of the integer or decimal t.
func (t Type) AsDecimal() Type {
	if t.Kind == Decimal {
		return t
	}
	return DecimalOf(integerDigits(t.Kind), 0)
}

// CanCoerce reports whether a value of from converts to the type to without
// CAST. NULL converts to everything.
func CanCoerce(from, to Type) bool {
	if from.Equal(to) || from.Kind == Null {
		return true
	}
	switch {
	case to.IsText():
		return from.IsNumeric() || from.IsText() || from.IsTemporal()
	case to.IsInteger():
		return from.IsInteger() && from.Kind <= to.Kind
	case to.IsFloating():
		return from.IsInteger() || from.Kind == Float || to.Kind == Double && (from.IsText() || from.Kind == Decimal)
	case to.Kind == Decimal:
		return from.IsNumeric() || from.IsText()
	case to.Kind == Datetime || to.Kind == Timestamp || to.Kind == TimestampNTZ:
		return from.Kind == Date || from.Kind == Datetime && to.Kind == Timestamp
	case to.Kind == Array && from.Kind == Array:
		return CanCoerce(*from.Elem, *to.Elem)
	case to.Kind == Map && from.Kind == Map:
		return CanCoerce(*from.Key, *to.Key) && CanCoerce(*from.Elem, *to.Elem)
	case to.Kind == Struct && from.Kind == Struct && len(from.Fields) == len(to.Fields):
		for i := range from.Fields {
			if !CanCoerce(from.Fields[i].Type, to.Fields[i].Type) {
				return false
			}
		}
		return true
	}
	return false
}

// Common is the type to which the branches of CASE, COALESCE, UNION and VALUES
// are brought, and whether there is one.
func Common(a, b Type) (Type, bool) {
	switch {
	case a.Equal(b) || b.Kind == Null:
		return a, true
	case a.Kind == Null:
		return b, true
	case a.IsNumeric() && b.IsNumeric():
		return commonNumeric(a, b), true
	case a.IsText() && b.IsText():
		return StringType, true
	case a.IsText() && b.IsNumeric(), a.IsNumeric() && b.IsText():
		return StringType, true
	case a.IsText() && b.IsTemporal(), a.IsTemporal() && b.IsText():
		return StringType, true
	case a.IsTemporal() && b.IsTemporal():
		return commonTemporal(a, b), true
	case a.Kind == Array && b.Kind == Array:
		elem, ok := Common(*a.Elem, *b.Elem)
		return ArrayOf(elem), ok
	case a.Kind == Map && b.Kind == Map:
		key, ok := Common(*a.Key, *b.Key)
		value, ok2 := Common(*a.Elem, *b.Elem)
		return MapOf(key, value), ok && ok2
	case a.Kind == Struct && b.Kind == Struct && len(a.Fields) == len(b.Fields):
		fields := make([]Field, len(a.Fields))
		for i := range fields {
			t, ok := Common(a.Fields[i].Type, b.Fields[i].Type)
			if !ok {
				return Type{}, false
			}
			fields[i] = Field{Name: a.Fields[i].Name, Type: t}
		}
		return StructOf(fields...), true
	}
	return Type{}, false
}

func commonNumeric(a, b Type) Type {
	switch {
	case a.Kind == Double || b.Kind == Double:
		return DoubleType
	case a.Kind == Float || b.Kind == Float:
		if a.Kind == Decimal || b.Kind == Decimal {
			return DoubleType
		}
		return FloatType
	case a.Kind == Decimal || b.Kind == Decimal:
		a, b = a.AsDecimal(), b.AsDecimal()
		scale := max(a.Scale, b.Scale)
		return boundedDecimal(max(a.Precision-a.Scale, b.Precision-b.Scale)+scale, scale)
	case a.Kind > b.Kind:
		return a
	}
	return b
}

func commonTemporal(a, b Type) Type {
	if a.Kind > b.Kind {
		return a
	}
	return b
}

// Comparison is the type in which a and b are compared: DOUBLE for a number
// with a text, DECIMAL if a DECIMAL takes part, the temporal type for a text
// with a date or time.
func Comparison(a, b Type) (Type, bool) {
	switch {
	case a.Kind == Decimal && b.IsFloating(), a.IsFloating() && b.Kind == Decimal:
		return DoubleType, true
	case a.IsNumeric() && b.IsText(), a.IsText() && b.IsNumeric():
		if a.Kind == Decimal {
			return a, true
		}
		if b.Kind == Decimal {
			return b, true
		}
		return DoubleType, true
	case a.IsTemporal() && b.IsText():
		return a, true
	case a.IsText() && b.IsTemporal():
		return b, true
	}
	t, ok := Common(a, b)
	return t, ok && t.IsComparable()
}

// Arithmetic is the type of a op b for op one of + - * / % DIV on numbers.
// Integers stay integers of the wider width except under /, which gives DOUBLE;
// a text takes part as DOUBLE; DECIMAL follows Hive: + and - keep the larger
// scale with one more digit, * adds digits, / keeps at least six decimals, and
// when 38 digits do not suffice the scale gives way down to six.
func Arithmetic(op string, a, b Type) (Type, bool) {
	if a.IsText() {
		a = DoubleType
	}
	if b.IsText() {
		b = DoubleType
	}
	if a.Kind == Null {
		a = b
	}
	if b.Kind == Null {
		b = a
	}
	if a.Kind == Null {
		return DoubleType, true
	}
	if !a.IsNumeric() || !b.IsNumeric() {
		return Type{}, false
	}
	switch {
	case a.IsFloating() || b.IsFloating():
		if op == "DIV" {
			return BigIntType, true
		}
		if a.Kind == Float && b.Kind == Float && op != "/" {
			return FloatType, true
		}
		return DoubleType, true
	case a.Kind == Decimal || b.Kind == Decimal:
		if op == "DIV" {
			return BigIntType, true
		}
		return decimalArithmetic(op, a.AsDecimal(), b.AsDecimal()), true
	case op == "/":
		return DoubleType, true
	case a.Kind > b.Kind:
		return a, true
	}
	return b, true
}

func decimalArithmetic(op string, a, b Type) Type {
	whole := max(a.Precision-a.Scale, b.Precision-b.Scale)
	scale := max(a.Scale, b.Scale)
	switch op {
	case "*":
		return boundedDecimal(a.Precision+b.Precision+1, a.Scale+b.Scale)
	case "/":
		s := max(6, a.Scale+b.Precision+1)
		return boundedDecimal(a.Precision-a.Scale+b.Scale+s, s)
	case "%":
		return boundedDecimal(min(a.Precision-a.Scale, b.Precision-b.Scale)+scale, scale)
	}
	return boundedDecimal(whole+scale+1, scale)
}

// boundedDecimal cuts precision to 38, giving up decimals beyond the sixth
// before digits of the whole part (Hive, HIVE-15331).
func boundedDecimal(p, s int) Type {
	if p <= MaxPrecision {
		return DecimalOf(p, s)
	}
	whole := p - s
	return DecimalOf(MaxPrecision, max(MaxPrecision-whole, min(s, 6)))
}

// SumType is the type of SUM over t: BIGINT, DOUBLE or a DECIMAL ten digits wider.
func SumType(t Type) Type {
	switch {
	case t.IsInteger():
		return BigIntType
	case t.Kind == Decimal:
		return DecimalOf(min(t.Precision+10, MaxPrecision), t.Scale)
	}
	return DoubleType
}

// AvgType is the type of AVG over t: DOUBLE, or a DECIMAL with four more decimals.
func AvgType(t Type) Type {
	if t.Kind == Decimal {
		return boundedDecimal(t.Precision+4, t.Scale+4)
	}
	return DoubleType
}
