"""Adapters: how WeCom, DingTalk, Feishu and a webhook want to be asked, and what their codes mean."""
