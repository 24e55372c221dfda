package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/doctor"
	"crane/internal/hint"
)

// TestInspections: what was not seen is never taken for right, and what is weak as
// it is declared wakes nobody.
func TestInspections(t *testing.T) {
	t.Parallel()
	unseen := fmt.Errorf("%w: 10 unseen", doctor.ErrUnseen)
	for name, test := range map[string]struct {
		drift, settings error
		is              error
		marks           [2]string
	}{
		"all right":        {nil, nil, nil, [2]string{"as it should be", "as it should be"}},
		"weak":             {nil, doctor.ErrWeak, nil, [2]string{"as it should be", "as it should be"}},
		"unseen":           {nil, unseen, doctor.ErrUnseen, [2]string{"as it should be", "**not all of it was seen**"}},
		"wrong":            {nil, doctor.ErrWrong, errWrong, [2]string{"as it should be", "**wrong**"}},
		"wrong and unseen": {errors.New("it differs"), unseen, errWrong, [2]string{"**wrong**", "**not all of it was seen**"}},
	} {
		all := []*inspection{{title: "Staging", verb: "crane drift", err: test.drift}, {title: "Settings", verb: "crane doctor", err: test.settings}}
		err := wrong(all)
		require.ErrorIs(t, err, test.is, name)
		if test.is == nil {
			require.NoError(t, err, name)
		}
		text := inspectionText(all)
		require.Contains(t, text, "### Staging: "+test.marks[0]+"\n", name)
		require.Contains(t, text, "### Settings: "+test.marks[1]+"\n", name)
		if test.is == errWrong && test.drift != nil {
			require.Equal(t, "crane drift", hint.Of(err), name)
		}
	}
}
