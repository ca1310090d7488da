"""Everything that can be written down about peer support: codes and numbers. There is no place for a story.

Each table maps a stored code to the words that are shown. The database refuses any other code.
"""

from django.utils.translation import gettext_lazy as _

# --- asking ---------------------------------------------------------------------------------------------------------
KINDS = [
    ("self", _("For myself")),
    ("referral", _("For a colleague")),
    ("team", _("For a team")),
    ("debrief", _("A talk after giving support")),
]
COUNTED = [*KINDS, ("session", _("A session with a team that nobody asked for here"))]
REACH_BY = [("phone", _("Phone call")), ("text", _("Text message")), ("email", _("Email"))]
WHEN = [
    ("now", _("As soon as possible")),
    ("before_shift", _("Before my shift")),
    ("after_shift", _("After my shift")),
    ("at", _("At a time I choose")),
]
FROM_WHERE = [("any", _("It does not matter")), ("own", _("From my unit")), ("elsewhere", _("From another unit"))]
PROFESSIONS = [
    ("nurse", _("Nurse")),
    ("midwife", _("Midwife")),
    ("doctor", _("Doctor")),
    ("therapist", _("Therapist")),
    ("pharmacist", _("Pharmacist")),
    ("paramedic", _("Paramedic")),
    ("technician", _("Laboratory or imaging")),
    ("student", _("Student or trainee")),
    ("support_staff", _("Reception, cleaning, porters, kitchen")),
    ("manager", _("Manager")),
    ("other", _("Other")),
]

# --- what a supporter and the one who asked may tell each other -----------------------------------------------------
REPLIES = [
    ("will_reach", _("I have your request and will reach you at the time you gave.")),
    ("tried", _("I tried to reach you and will try again.")),
    ("other_time", _("I cannot reach you at that time. Can you choose another one?")),
    ("check_contact", _("I could not reach you this way. Is the number or address right?")),
]

ANSWERS = [
    ("stands", _("The time I gave still suits me.")),
    ("right", _("The number or address is right. You can try again.")),
    ("no_voice", _("Do not leave a voice message.")),
    ("no_hurry", _("I am all right for now. There is no hurry.")),
]

# --- closing --------------------------------------------------------------------------------------------------------
OUTCOMES = [
    ("supported", _("We talked")),
    ("not_reached", _("I could not reach them")),
    ("not_wanted", _("They did not want it")),
    ("cancelled", _("Taken back by the one who asked")),
    ("empty", _("It was not a real request")),
]
GROUPS = [("individual", _("One person")), ("group", _("A group"))]
LENGTHS = [
    ("under_15", _("Under 15 minutes")),
    ("15_29", _("15 to 29 minutes")),
    ("30_44", _("30 to 44 minutes")),
    ("45_59", _("45 to 59 minutes")),
    ("60_up", _("An hour or more")),
]
PLACES = [
    ("phone", _("By phone")),
    ("video", _("By video")),
    ("text", _("In writing")),
    ("workplace", _("At work, away from the unit")),
    ("unit", _("On the unit")),
    ("elsewhere", _("Somewhere else")),
]
TIERS = [("1", _("Tier 1: their own unit")), ("2", _("Tier 2: a trained peer")), ("3", _("Tier 3: a professional"))]
TRIGGERS = [
    ("none", _("Nothing in particular")),
    ("error", _("Something went wrong")),
    ("no_error", _("Harm without an error")),
    ("death", _("A death")),
    ("first_death", _("A first death")),
    ("child", _("Harm to a child")),
    ("known_patient", _("Somebody they knew")),
    ("violence", _("Violence or threats")),
    ("complaint", _("A complaint or a claim")),
    ("colleague", _("Harm to a colleague")),
    ("many", _("Too much at once")),
]
REFERRALS = [
    ("none", _("Nobody else for now")),
    ("eap", _("Employee assistance")),
    ("counsellor", _("Counsellor or psychologist")),
    ("chaplain", _("Chaplain")),
    ("doctor", _("Their own doctor")),
    ("urgent", _("Urgent help")),
]
MET_NEED = [("yes", _("Yes")), ("partly", _("Partly")), ("no", _("No")), ("unsure", _("Hard to say"))]

# --- supporters -----------------------------------------------------------------------------------------------------
CHANNELS = [("sms", _("Text message")), ("push", _("Message on a device"))]  # beside the account's own address
PAGE_OUTCOMES = [
    ("open", "Open"),
    ("accepted", "Accepted"),
    ("passed", "Passed"),
    ("timed_out", "No answer in time"),
    ("replaced", "Somebody else was asked for"),
]
# The numbers of the RESCUE competences (European Researchers' Network Working on Second Victims, COST Action CA19113).
COMPETENCES = [(f"COM{number:02}", f"COM{number:02}") for number in range(1, 15)]
COMPETENCE_WORDS = {"COM06": _("Triage"), "COM13": _("Keeping confidence")}
NEEDED_COMPETENCES = ("COM13",)  # without it nobody is on call
