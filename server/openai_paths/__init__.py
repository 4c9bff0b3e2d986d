"""The paths of the OpenAI API, so that any client of it can ask the papers: chat, responses, embeddings, vector stores, models."""
