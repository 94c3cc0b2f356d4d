package parse

import (
	"reflect"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// WantOf says in a few words what is read for a type.
func WantOf(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[money.Decimal]():
		return "a decimal such as 12.5"
	case reflect.TypeFor[schemas.Date]():
		return "a day such as 2024-09-30"
	case reflect.TypeFor[schemas.Period]():
		return "a month such as 2024-09"
	case reflect.TypeFor[money.Currency]():
		return "a currency such as EUR"
	}
	if allowed := AllowedValues(t); allowed != nil && len(allowed) <= 12 {
		return "one of " + strings.Join(allowed, ", ")
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "a group of keys"
	default:
		return "a text"
	}
}
