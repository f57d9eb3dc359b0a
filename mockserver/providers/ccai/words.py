"""The words of the call object, and how we know that the CCAI Platform has each of them."""

from typing import Final

from mockserver.core.rulebook import Evidence

ASSUMED, DOCUMENTED, OBSERVED = Evidence.ASSUMED, Evidence.DOCUMENTED, Evidence.OBSERVED
DOCUMENTED_STATUSES: Final = (
    "selecting",
    "queued",
    "assigned",
    "connecting",
    "connected",
    "finished",
    "failed",
    "switching",
    "recovered",
    "scheduled",
    "action_only",
    "action_only_finished",
    "deflected",
    "voicemail",
    "voicemail_received",
    "voicemail_read",
)
"""The page has their names, `Action Only Finished`, and spells some of them so in its examples."""
OBSERVED_FAIL_REASONS: Final = (
    *("unknown", "expired", "transfer_expired", "force_ended", "stuck_due_to_api_error"),
    *("eu_canceled", "eu_rejected", "eu_abandoned", "eu_in_menu_abandoned", "eu_busy"),
    *("eu_wrong_number", "eu_no_answer", "eu_noti_failed"),
    *("eu_repeated_voicemail", "eu_repeated_callback"),
    *("ag_canceled", "ag_ignored", "ag_mic_no_device", "ag_mic_denied"),
    *("voip_twilio_error", "voip_tokbox_error", "voip_nexmo_error", "voip_invalid_token"),
    *("voip_conn_general", "voip_conn_timeout", "voip_conn_signal"),
    *("group_deleted_no_substitute", "menu_deleted", "direct_pstn_call_to_fallback_number"),
)
"""Those of the vendor's page of reason codes."""
FAIL_REASONS: Final = {"nothing": DOCUMENTED, **dict.fromkeys(OBSERVED_FAIL_REASONS, OBSERVED)}
WORDS: Final = {
    "status": {**dict.fromkeys(DOCUMENTED_STATUSES, DOCUMENTED), "cancelled": OBSERVED},
    "call_type": {
        "Voice Outbound (API)": DOCUMENTED,
        "Voice Inbound (API)": DOCUMENTED,
        "Voice Scheduled (API)": DOCUMENTED,
        "Voice Inbound (IVR)": OBSERVED,
    },
    "fail_reason": FAIL_REASONS,
    "disconnected_by": {
        "disconnected_by_unknown": DOCUMENTED,
        "disconnected_by_end_user": OBSERVED,
        "disconnected_by_agent": ASSUMED,
    },
    "deflection": {
        "no_deflection": DOCUMENTED,
        "temp_redirection_phone": OBSERVED,
        "temp_redirection_queue": OBSERVED,
        "after_hours_message_only": OBSERVED,
        "voicemail": ASSUMED,
    },
    "voicemail_reason": {"not_voicemail": DOCUMENTED, "voicemail": ASSUMED},
    "recording_permission": {"not_asked": DOCUMENTED, "granted": ASSUMED, "denied": ASSUMED},
    "voip_provider": {"voip_provider_twilio": DOCUMENTED},
    "offer_type": {"cascade": DOCUMENTED},
    "answer_type": {"manual": DOCUMENTED},
    "selected_menu.menu_type": {
        "ivr_menu": DOCUMENTED,
        "mobile_menu": ASSUMED,
        "web_menu": ASSUMED,
        "other_menu": ASSUMED,
    },
    "participants.type": {"agent": DOCUMENTED, "end_user": DOCUMENTED},
    "participants.status": {
        "waiting": DOCUMENTED,
        "connected": ASSUMED,
        "finished": ASSUMED,
        "failed": ASSUMED,
    },
    "participants.fail_reason": FAIL_REASONS,
    "transfers.status": {"transferring": DOCUMENTED, "transferred": ASSUMED, "failed": ASSUMED},
    "transfers.fail_reason": FAIL_REASONS,
}
"""Path of a field -> its words. The page gives an example of each field, but no list of words."""
