"""One prediction with Python's standard library. Usage: python predict.py [endpoint]"""

import json
import sys
import urllib.request

ROWS = json.loads({{rowsAsPython}})


def predict(rows, endpoint="http://127.0.0.1:8080", token=None):
    """Scores a list of dicts and returns the answer: prediction, probabilities (classifiers), ids, model."""
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    body = json.dumps({"data": rows}).encode()
    request = urllib.request.Request(f"{endpoint}/predict", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


if __name__ == "__main__":
    print(json.dumps(predict(ROWS, *sys.argv[1:2]), indent=2))
