// Calls a vendor, and a host that nobody emulates, by net/http.
package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
)

func main() {
	body := strings.NewReader(`{"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}`)
	request, _ := http.NewRequest("POST", "https://portal.mobtexting.com/api/v2/voice/c2c", body)
	request.Header.Set("Authorization", "Bearer my-token")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(response.StatusCode, response.Header.Get("X-Mock-Request"))
	if _, err := http.Get("https://other.example/"); err != nil {
		fmt.Println("refused")
	}
}
