// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Small servers with gorilla/websocket: server NAME PORT.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/gorilla/websocket"
)

func echo(upgrader websocket.Upgrader) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		connection, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer connection.Close()
		for {
			kind, data, err := connection.ReadMessage()
			if err != nil || connection.WriteMessage(kind, data) != nil {
				return
			}
		}
	}
}

func main() {
	anyOrigin := func(*http.Request) bool { return true }
	switch os.Args[1] {
	case "gorilla":
		http.HandleFunc("/ws", echo(websocket.Upgrader{}))
	case "open":
		http.HandleFunc("/ws", echo(websocket.Upgrader{CheckOrigin: anyOrigin, EnableCompression: true}))
	}
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%s", os.Args[2]), nil))
}
