// A web service and its client in one process, without a network: what most real programs import.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
)

type note struct {
	ID   int    `json:"id"`
	Text string `json:"text"`
}

func main() {
	var notes []note
	mux := http.NewServeMux()
	mux.HandleFunc("/notes", func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPost:
			var one note
			if err := json.NewDecoder(r.Body).Decode(&one); err != nil {
				http.Error(w, "bad note", http.StatusBadRequest)
				return
			}
			one.ID = len(notes) + 1
			notes = append(notes, one)
			w.WriteHeader(http.StatusCreated)
			fallthrough
		default:
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(notes)
		}
	})
	for _, request := range []*http.Request{
		httptest.NewRequest("POST", "/notes", strings.NewReader(`{"text":"one"}`)),
		httptest.NewRequest("POST", "/notes", strings.NewReader(`{`)),
		httptest.NewRequest("GET", "/notes", nil),
		httptest.NewRequest("GET", "/other", nil),
	} {
		response := httptest.NewRecorder()
		mux.ServeHTTP(response, request)
		fmt.Println(request.Method, request.URL, response.Code, strings.TrimSpace(response.Body.String()))
	}
}
