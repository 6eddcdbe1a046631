#!/bin/sh
# One prediction with curl. Usage: ./curl.sh [endpoint]; a token is taken from SLIPWAY_TOKEN.
endpoint=${1:-http://127.0.0.1:8080}
curl -sS "$endpoint/predict" ${SLIPWAY_TOKEN:+-H "authorization: Bearer $SLIPWAY_TOKEN"} \
  -H 'content-type: application/json' -d {{bodyAsShell}}
