package builtin

import (
	"slices"

	"github.com/bixidata/bixi/udf"
)

// library lists the functions that are no operators, a line a family.
func library() []*udf.Function {
	return slices.Concat(
		mathFunctions(),
		integerFunctions(),
		roundFunctions(),
		formatFunctions(),
		randomFunctions(),
		textFunctions(),
		findFunctions(),
		regexpFunctions(),
		codingFunctions(),
		hashFunctions(),
		jsonFunctions(),
		typedJSONFunctions(),
		arrayFunctions(),
		mapFunctions(),
		lambdaFunctions(),
		mapLambdaFunctions(),
		groupingArrayFunctions(),
		entryFunctions(),
		cryptFunctions(),
		otherFunctions(),
		catalogFunctions(),
		partFunctions(),
		shiftFunctions(),
		dateTextFunctions(),
		aggregates(),
		sampleFunctions(),
		listFunctions(),
		columnFunctions(),
		tupleFunctions(),
		windowFunctions(),
	)
}
