package hint

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHint(t *testing.T) {
	t.Parallel()
	cause := errors.New("the disk is full")
	err := fmt.Errorf("saving: %w", Wrap(cause, "make clean"))
	require.EqualError(t, err, "saving: the disk is full")
	require.Equal(t, "make clean", Of(err))
	require.ErrorIs(t, err, cause)

	require.Equal(t, "buy a disk", Of(Wrap(err, "buy a disk")), "the outermost hint wins")
	require.Empty(t, Of(cause))
	require.Empty(t, Of(nil))
	require.NoError(t, Wrap(nil, "nothing to do"))
}
