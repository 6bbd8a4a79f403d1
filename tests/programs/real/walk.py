"""Reads a tree of files, and writes what it found into it: json, hashlib, re, os.walk."""
import hashlib, json, os, re, sys

root = sys.argv[1]
found = {}
for folder, folders, files in os.walk(root):
    folders.sort()
    for name in sorted(files):
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            data = file.read()
        found[os.path.relpath(path, root)] = {
            "size": os.stat(path).st_size,
            "sha256": hashlib.sha256(data).hexdigest(),
            "words": len(re.findall(rb"\w+", data)),
        }
with open(os.path.join(root, "found.json"), "w") as file:
    json.dump(found, file, indent=1, sort_keys=True)
os.rename(os.path.join(root, "found.json"), os.path.join(root, "index.json"))
with open(os.path.join(root, "index.json")) as file:
    assert json.load(file) == found
print(len(found), sum(entry["size"] for entry in found.values()), sorted(found))
