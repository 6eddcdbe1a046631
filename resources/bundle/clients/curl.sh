#!/bin/sh
# One prediction. Usage: ./curl.sh [endpoint]
endpoint=${1:-http://127.0.0.1:8080}
{{curlOfEndpoint}}
