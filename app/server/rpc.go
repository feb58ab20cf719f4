package server

import (
	"encoding/json"
	"net/http"
	"reflect"

	"plumbline/backend/workflow"
)

// rpc calls the methods of the bound structs by name.
type rpc struct{ methods map[string]reflect.Value } // by "Noun/Method"

func newRPC(bound []any) rpc {
	methods := map[string]reflect.Value{}
	for _, b := range bound {
		v := reflect.ValueOf(b)
		noun := v.Type().Elem().Name()
		for i := range v.NumMethod() {
			methods[noun+"/"+v.Type().Method(i).Name] = v.Method(i)
		}
	}
	return rpc{methods}
}

func (s rpc) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("noun") + "/" + r.PathValue("method")
	fn, ok := s.methods[name]
	if !ok {
		writeError(w, workflow.Errorf(workflow.NotFound, "There is no call %s.", name))
		return
	}
	args, err := arguments(w, r, name, fn.Type())
	if err != nil {
		writeError(w, err)
		return
	}
	result, err := invoke(fn, args)
	if err != nil {
		writeError(w, decoded(err))
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"result": result})
}

// arguments reads the JSON array of a call into values of the parameter types.
func arguments(w http.ResponseWriter, r *http.Request, name string, t reflect.Type) ([]reflect.Value, error) {
	var raw []json.RawMessage
	if err := readJSON(w, r, &raw); err != nil {
		return nil, err
	}
	if len(raw) != t.NumIn() {
		return nil, workflow.Errorf(workflow.Invalid, "%s takes %d arguments, not %d.", name, t.NumIn(), len(raw))
	}
	args := make([]reflect.Value, len(raw))
	for i := range raw {
		arg := reflect.New(t.In(i))
		if err := json.Unmarshal(raw[i], arg.Interface()); err != nil {
			return nil, workflow.Errorf(workflow.Invalid, "Argument %d of %s is not a %s.", i+1, name, t.In(i))
		}
		args[i] = arg.Elem()
	}
	return args, nil
}

// invoke calls a bound method, which returns a value and an error.
func invoke(fn reflect.Value, args []reflect.Value) (result any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = workflow.Panicked(p)
		}
	}()
	out := fn.Call(args)
	if err, _ := out[1].Interface().(error); err != nil {
		return nil, err
	}
	if out[0].Kind() == reflect.Slice && out[0].IsNil() {
		return []struct{}{}, nil
	}
	return out[0].Interface(), nil
}

// decoded takes the error out of the JSON text that bound methods return.
func decoded(err error) error {
	e := &workflow.Error{}
	if json.Unmarshal([]byte(err.Error()), e) != nil || e.Code == "" {
		return err
	}
	return e
}
