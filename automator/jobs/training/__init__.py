"""How the triage model is trained: examples, their matrix, cross-fitting, and what becomes the artefact."""
