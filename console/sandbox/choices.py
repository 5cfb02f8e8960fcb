"""Enumerations of appendix 3, in the spellings of the document's examples."""

ROLES = ("superadmin", "admin", "teacher", "assistant", "student", "supervisor", "visitor")
ACCOUNT_ROLES = ROLES[:-1]
ROLE_SPELLINGS = {"stduent": "student"}
STAFF = frozenset(("superadmin", "admin", "teacher", "assistant", "supervisor"))
RECORD_TYPES = ("local", "remote")
CLASS_TYPES = ("public", "1v1", "1vN")
STATUSES = ("will", "ing", "end")
GENDERS = ("male", "female")
GENDER_SPELLINGS = {"男": "male", "女": "female"}
PERMISSIONS = ("public", "private")
RESOLUTION = "1280x720"

SELF_EVENTS = (
    "camera_open", "camera_close", "mic_open", "mic_close", "speaker_open", "speaker_close",
    "device_test", "speed_test", "hand_up", "hand_down", "be_silenced", "be_disable_camera",
    "be_disable_mic", "be_disable_speaker", "be_kicked", "screen_share_open", "screen_share_close",
    "media_open", "media_close", "packet_loss_mutation", "rate_mutation",
)  # fmt: skip
STAFF_EVENTS = ("reward", "slience", "disable_camera", "disable_mic", "disable_speaker", "kick")
EVENTS = SELF_EVENTS + STAFF_EVENTS
# Not in appendix 3.9 but sent by a client: events that only the teacher and the assistants report.
FURTHER_STAFF_EVENTS = ("all_silence", "PermissionControl")
EVENT_SPELLINGS = {
    "silence": "slience", "del_silence": "del_slience", "be_slienced": "be_silenced",
    "all_slience": "all_silence",
}  # fmt: skip
