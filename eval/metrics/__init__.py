"""How it is measured: ranking, answers, a language model as judge, two runs compared, baselines beside ours."""
