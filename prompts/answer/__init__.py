"""What a language model is told when it writes an answer; `prompts.templates` reads the files beside this one."""
