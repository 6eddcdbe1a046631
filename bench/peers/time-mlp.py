"""Times scikit-learn's MLP and PyTorch on the inputs that bench/mlp.ts wrote; prints one line of JSON.

    python bench/peers/time-mlp.py folder peer threads
with peer "sklearn" or "torch", and folder holding inputs.f32, target.f32 and setting.json.
"""

import json
import os
import sys
import time
import warnings

folder, peer, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(threads)

import numpy as np

warnings.simplefilter("ignore")
with open(os.path.join(folder, "setting.json")) as file:
    setting = json.load(file)
train, width = setting["train"], setting["width"]
inputs = np.fromfile(os.path.join(folder, "inputs.f32"), dtype=np.float32).reshape(-1, width)
target = np.fromfile(os.path.join(folder, "target.f32"), dtype=np.float32)
epochs, batch, layers, rate, l2 = (setting[key] for key in ("epochs", "batchSize", "layers", "learningRate", "l2"))

if peer == "sklearn":
    import sklearn as library
    from sklearn.neural_network import MLPClassifier

    # scikit-learn divides its penalty by the batch's rows: alpha / rows is our l2.
    model = MLPClassifier(layers, batch_size=batch, max_iter=epochs, learning_rate_init=rate, alpha=l2 * batch,
                          tol=0, n_iter_no_change=epochs + 1, random_state=7)
    start = time.perf_counter()
    model.fit(inputs[:train], target[:train])
    seconds = time.perf_counter() - start
    found = model.predict_proba(inputs[train:])[:, 1]
else:
    import torch as library
    from torch import nn

    library.set_num_threads(threads)
    library.manual_seed(7)
    sizes = [width, *layers]
    steps = [part for i, o in zip(sizes, sizes[1:]) for part in (nn.Linear(i, o), nn.ReLU())]
    model = nn.Sequential(*steps, nn.Linear(sizes[-1], 1))
    x, y = library.from_numpy(inputs[:train]), library.from_numpy(target[:train])
    optimizer = library.optim.Adam(model.parameters(), lr=rate, weight_decay=l2)
    loss = nn.BCEWithLogitsLoss()
    start = time.perf_counter()
    for _ in range(epochs):
        order = library.randperm(train)
        for first in range(0, train, batch):
            rows = order[first : first + batch]
            optimizer.zero_grad()
            loss(model(x[rows])[:, 0], y[rows]).backward()
            optimizer.step()
    seconds = time.perf_counter() - start
    with library.no_grad():
        found = library.sigmoid(model(library.from_numpy(inputs[train:]))[:, 0]).numpy()

found.astype(np.float32).tofile(os.path.join(folder, "found.f32"))
print(json.dumps({"version": library.__version__, "seconds": seconds}))
