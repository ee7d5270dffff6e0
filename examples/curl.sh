#!/bin/sh
# The API by curl alone: signs in, begins a conversation, sends a message, reads the log.
#   TERTULIA_URL=http://127.0.0.1:8080 TERTULIA_USER=ana TERTULIA_PASSWORD=... sh examples/curl.sh ben "hello"
set -eu
url=${TERTULIA_URL:-http://127.0.0.1:8080}
other=$1 text=$2

post() { # path, body
    curl --silent --show-error --fail-with-body -H "Authorization: Bearer ${token:-}" \
        -H "Content-Type: application/json" -d "$2" "$url$1"
}
field() { # name: the first string field of that name on standard input
    sed -E "s/.*\"$1\": ?\"([^\"]*)\".*/\1/"
}

token=$(post /api/auth/sign-in "{\"username\":\"$TERTULIA_USER\",\"password\":\"$TERTULIA_PASSWORD\"}" | field access_token)
conversation=$(post /api/conversations "{\"kind\":\"direct\",\"members\":[\"$other\"]}" | sed -E 's/^\{"id": ?"([^"]*)".*/\1/')
post "/api/conversations/$conversation/messages" "{\"id\":\"curl-$(date +%s)-$$\",\"text\":\"$text\"}"
echo
curl --silent --show-error --fail-with-body -H "Authorization: Bearer $token" "$url/api/conversations/$conversation/log"
echo
