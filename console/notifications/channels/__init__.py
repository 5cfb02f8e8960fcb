"""Channels beside the console and e-mail: WeCom, DingTalk, Feishu and webhook bots."""
