package doctor

import "sync"

// once asks one question once, however many checks want the answer. Whoever
// comes second waits, under the same deadline.
type once[T any] struct {
	sync.Once
	value T
	err   error
}

func (o *once[T]) get(ask func() (T, error)) (T, error) {
	o.Do(func() {
		o.err = errAnswer // stays if ask panics
		o.value, o.err = ask()
	})
	return o.value, o.err
}

// each is a once for every name.
type each[T any] struct {
	sync.Mutex
	of map[string]*once[T]
}

func (e *each[T]) get(name string, ask func() (T, error)) (T, error) {
	e.Lock()
	if e.of == nil {
		e.of = map[string]*once[T]{}
	}
	if e.of[name] == nil {
		e.of[name] = &once[T]{}
	}
	o := e.of[name]
	e.Unlock()
	return o.get(ask)
}
