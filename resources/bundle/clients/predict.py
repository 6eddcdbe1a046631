"""One prediction with requests (pip install requests). Usage: python predict.py [endpoint]"""

import json
import os
import sys

import requests

ROWS = json.loads({{rowsAsPython}})


def predict(rows, endpoint="http://127.0.0.1:8080", token=os.environ.get("SLIPWAY_TOKEN")):
    """Scores a list of dicts and returns the answer: prediction, probabilities (classifiers), ids, model."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    response = requests.post(f"{endpoint}/predict", json={"data": rows}, headers=headers, timeout=60)
    answer = response.json()
    if not response.ok:
        raise RuntimeError(answer["error"]["message"])
    return answer


if __name__ == "__main__":
    print(json.dumps(predict(ROWS, *sys.argv[1:2]), indent=2))
