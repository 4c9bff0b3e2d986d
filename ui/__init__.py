"""The two windows: the Streamlit chat and the terminal."""
