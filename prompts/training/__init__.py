"""What a language model is told when it words training material; `prompts.templates` reads the files beside this one."""
