package schemas

import "testing"

func TestGroupValues(t *testing.T) {
	for group, want := range map[string]string{
		"": "", "SkuId=vm.m": "vm.m", "ServiceName=Storage, SkuId=large": "Storage, large", "ServiceName=A, B and C, SkuId=": "A, B and C, ", "RegionId=a=b": "a=b",
	} {
		if got := GroupValues(group); got != want {
			t.Errorf("%q: %q, want %q", group, got, want)
		}
	}
}
