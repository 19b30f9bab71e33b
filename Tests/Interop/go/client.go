// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// A Realtime client on gorilla/websocket, driven by the test: commands come on standard input, what happens to the
// socket goes to standard output, one JSON object a line. The only argument is `{url, protocols?, headers?, ca?}`.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

type configuration struct {
	URL       string            `json:"url"`
	Protocols []string          `json:"protocols"`
	Headers   map[string]string `json:"headers"`
	CA        string            `json:"ca"`
}

type command struct {
	Send   *string           `json:"send"`
	Binary *string           `json:"binary"`
	Ping   *string           `json:"ping"`
	Close  []json.RawMessage `json:"close"`
}

type record map[string]interface{}

var output sync.Mutex

func say(r record) {
	line, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	output.Lock()
	defer output.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

func dial(c configuration) *websocket.Conn {
	fields := http.Header{}
	for name, value := range c.Headers {
		fields.Set(name, value)
	}
	dialer := websocket.Dialer{Subprotocols: c.Protocols}
	if c.CA != "" {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM([]byte(c.CA))
		dialer.TLSClientConfig = &tls.Config{RootCAs: pool}
	}
	connection, response, err := dialer.Dial(c.URL, fields)
	if err == nil {
		say(record{"kind": "open", "protocol": connection.Subprotocol()})
		return connection
	}
	if response != nil {
		// The library keeps at most the first KiB of the body.
		body, _ := io.ReadAll(response.Body)
		say(record{"kind": "refused", "status": response.StatusCode, "body": string(body)})
	} else {
		say(record{"kind": "error", "message": err.Error()})
		say(record{"kind": "close", "code": 1006, "reason": ""})
	}
	os.Exit(0)
	return nil
}

func readAll(connection *websocket.Conn) {
	connection.SetPongHandler(func(data string) error {
		say(record{"kind": "pong", "data": data})
		return nil
	})
	for {
		kind, data, err := connection.ReadMessage()
		if closed, ok := err.(*websocket.CloseError); ok {
			say(record{"kind": "close", "code": closed.Code, "reason": closed.Text})
			return
		}
		if err != nil {
			say(record{"kind": "error", "message": err.Error()})
			say(record{"kind": "close", "code": 1006, "reason": ""})
			return
		}
		if kind == websocket.TextMessage {
			say(record{"kind": "message", "data": string(data)})
		} else {
			say(record{"kind": "binary", "bytes": len(data)})
		}
	}
}

func perform(c command, connection *websocket.Conn) error {
	deadline := time.Now().Add(30 * time.Second)
	switch {
	case c.Send != nil:
		return connection.WriteMessage(websocket.TextMessage, []byte(*c.Send))
	case c.Binary != nil:
		data, err := base64.StdEncoding.DecodeString(*c.Binary)
		if err != nil {
			return err
		}
		return connection.WriteMessage(websocket.BinaryMessage, data)
	case c.Ping != nil:
		return connection.WriteControl(websocket.PingMessage, []byte(*c.Ping), deadline)
	default:
		message := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		return connection.WriteControl(websocket.CloseMessage, message, deadline)
	}
}

func main() {
	var c configuration
	if err := json.Unmarshal([]byte(os.Args[1]), &c); err != nil {
		panic(err)
	}
	connection := dial(c)
	done := make(chan struct{})
	go func() {
		readAll(connection)
		close(done)
	}()
	go func() {
		lines := bufio.NewReaderSize(os.Stdin, 1<<16)
		for {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				return
			}
			var next command
			if err := json.Unmarshal(line, &next); err != nil {
				panic(err)
			}
			if err := perform(next, connection); err != nil {
				say(record{"kind": "error", "message": err.Error()})
			}
		}
	}()
	<-done
	connection.Close()
}
