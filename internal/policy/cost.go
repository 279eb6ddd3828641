package policy

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/checker"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/config"
)

const (
	// maxCost bounds the work of one condition, in CEL's units; what would cost
	// more when it is asked cannot be evaluated.
	maxCost = 20_000

	maxText     = 128      // bytes of what a token says
	maxArg      = 64 << 10 // bytes of an argument whose catalog says nothing
	maxItems    = 100      // of a list argument
	likelyText  = 1024     // bytes of a fact's text: they have no bound
	likelyRoles = 100      // of an agent, which have none either
)

// size is how large a value can be: bytes of a text, items of a list.
type size struct {
	most   uint64 // 0 when nothing bounds it
	likely uint64 // what is reckoned with in place of most
	each   uint64 // bytes of a list's item
}

// argSize is the catalog's bound of an argument.
func argSize(p action.Param) size {
	most := uint64(maxArg)
	switch {
	case p.Kind == action.Enum:
		most = 1
		for _, text := range p.Values {
			most = max(most, uint64(len(text)))
		}
	case p.Max > 0:
		most = uint64(p.Max)
	case p.Kind == action.ID:
		most = maxText
	}
	if p.Kind == action.List {
		return size{most: maxItems, each: argSize(itemOf(p)).most}
	}
	return size{most: most}
}

// factSize is that of a fact's field, which nothing bounds.
func factSize(action.Param) size { return size{likely: likelyText, each: likelyText} }

// sizes are those of all names of an environment.
type sizes map[string]size

// estimator tells CEL how large values can be. Without likely, what nothing
// bounds is without end.
type estimator struct {
	sizes  sizes
	likely bool
}

// EstimateSize is part of CEL's estimator.
func (e estimator) EstimateSize(node checker.AstNode) *checker.SizeEstimate {
	path := node.Path()
	if len(path) == 0 {
		return nil
	}
	s := e.sizes[path[0]]
	most := s.most
	if most == 0 && e.likely {
		most = s.likely
	}
	if len(path) > 1 {
		most = s.each
	}
	if most == 0 {
		most = math.MaxUint64
	}
	return &checker.SizeEstimate{Max: most}
}

// EstimateCallCost is part of CEL's estimator: its own costs stand.
func (estimator) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil
}

// estimate is the most a condition can cost, and whether that is certain: then
// nothing has to count while it is asked.
func (e *environment) estimate(checked *cel.Ast) (cost uint64, certain bool, err error) {
	strict, err := e.cel.EstimateCost(checked, estimator{sizes: e.sizes})
	if err != nil {
		return 0, false, err
	}
	if strict.Max <= maxCost {
		return strict.Max, true, nil
	}
	likely, err := e.cel.EstimateCost(checked, estimator{sizes: e.sizes, likely: true})
	return min(likely.Max, maxCost), false, err
}

const (
	// maxRequest bounds what all conditions together that one call can meet may
	// cost: ten of the most costly ones, or a thousand of the usual ones.
	maxRequest = 200_000
	// ruleCost is what a rule costs beside its condition: little where it was
	// found by role and action, more where Casbin looks at it.
	ruleCost, casbinCost = 1, 10
)

// affordable refuses a policy with which a call could keep a processor busy.
func (e *Engine) affordable(actions []*action.Action) config.Problems {
	var problems config.Problems
	for _, act := range actions {
		who, cost := e.worst(e.about(act.Name))
		if cost <= maxRequest {
			continue
		}
		worst := e.costliest(e.about(act.Name), who)
		at := place(e.ordered[worst.rule].Line)
		problems.Add(at, fmt.Sprintf("a %s of %s can cost %d units of evaluating conditions, of %d at most, and this one alone %d: give texts and lists a max in the catalog, or say it with fewer rules",
			act.Name, who, cost, maxRequest, worst.condition.cost), worst.condition.text)
	}
	return problems
}

// worst is who can meet the most costly conditions about an action.
func (e *Engine) worst(a *about) (who string, cost uint64) {
	costs := map[int32]uint64{}
	var all uint64
	for i, role := range a.roles {
		for _, one := range a.at(i) {
			costs[role] += one.condition.cost + ruleCost
		}
		all += costs[role]
	}
	if e.own != nil || e.named != nil {
		return anybody, (all + casbinCost*uint64(len(e.ordered))) * e.asked()
	}
	for _, name := range slices.Sorted(maps.Keys(e.members)) {
		var sum uint64
		for _, role := range e.members[name] {
			sum += costs[role]
		}
		if sum > cost {
			who, cost = name, sum
		}
	}
	for i, name := range e.names { // nobody has it yet
		if costs[int32(i)] > cost {
			who, cost = name, costs[int32(i)]
		}
	}
	return who, cost
}

// costliest is the rule with the most costly condition that somebody meets.
func (e *Engine) costliest(a *about, who string) (found entry) {
	for i, role := range a.roles {
		if e.own == nil && e.named == nil && !slices.Contains(e.held(who), role) {
			continue
		}
		for _, one := range a.at(i) {
			if found.condition == nil || one.condition.cost > found.condition.cost {
				found = one
			}
		}
	}
	return found
}
