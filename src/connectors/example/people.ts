/** The fictional people of Brightwater, a water company that does not exist. Its domain, `.example`, can belong to nobody. */

export const COMPANY = "brightwater";

/**
 * One a line: `name | full name | unit | title | manager's name | flags`. Flags: `admin` (privileged), `left` (account disabled),
 * `free` (no policy demands a smart card of this one).
 */
export const PEOPLE = `
helena.brandt    | Helena Brandt      | board      | Chief executive             |                  | admin
samir.haddad     | Samir Haddad       | board      | Chief financial officer     | helena.brandt    |
ngozi.eze        | Ngozi Eze          | board      | Chief operating officer     | helena.brandt    |
lars.nyholm      | Lars Nyholm        | board      | Chief security officer      | helena.brandt    |
tessa.moreau     | Tessa Moreau       | board      | Assistant to the board      | helena.brandt    |
imani.okafor     | Imani Okafor       | it         | Head of IT                  | ngozi.eze        | admin
pavel.dvorak     | Pavel Dvořák       | it         | Identity engineer           | imani.okafor     | admin
mei.tanaka       | Mei Tanaka         | it         | Identity engineer           | imani.okafor     | admin
rafael.costa     | Rafael Costa       | it         | Platform engineer           | imani.okafor     | admin
sunita.rao       | Sunita Rao         | it         | Platform engineer           | imani.okafor     |
oskar.lind       | Oskar Lind         | it         | Service desk lead           | imani.okafor     |
aisha.diallo     | Aïsha Diallo       | it         | Service desk agent          | oskar.lind       |
ben.carver       | Ben Carver         | it         | Service desk agent          | oskar.lind       |
yusuf.kaya       | Yusuf Kaya         | it         | Service desk agent          | oskar.lind       |
farah.siddiqui   | Farah Siddiqui     | security   | Head of security governance | lars.nyholm      |
anton.weiss      | Anton Weiß         | security   | Security architect          | farah.siddiqui   |
chloe.martin     | Chloé Martin       | security   | Incident responder          | farah.siddiqui   | admin
kofi.mensah      | Kofi Mensah        | security   | Risk analyst                | farah.siddiqui   |
ingrid.solberg   | Ingrid Solberg     | security   | Internal auditor            | lars.nyholm      |
dario.conti      | Dario Conti        | operations | Head of operations          | ngozi.eze        |
amara.osei       | Amara Osei         | operations | Control-room lead           | dario.conti      |
viktor.petrov    | Viktor Petrov      | operations | Control-room operator       | amara.osei       |
noor.rahman      | Noor Rahman        | operations | Control-room operator       | amara.osei       |
jonas.keller     | Jonas Keller       | operations | Control-room operator       | amara.osei       |
lucia.ferrer     | Lucía Ferrer       | operations | Control-room operator       | amara.osei       |
emeka.obi        | Emeka Obi          | operations | Treatment engineer          | dario.conti      |
sofia.lindqvist  | Sofia Lindqvist    | operations | Treatment engineer          | dario.conti      |
hugo.lambert     | Hugo Lambert       | operations | Laboratory lead             | dario.conti      |
wanjiru.kamau    | Wanjiru Kamau      | operations | Laboratory analyst          | hugo.lambert     |
piotr.zielinski  | Piotr Zieliński    | operations | Laboratory analyst          | hugo.lambert     |
greta.olsen      | Greta Olsen        | field      | Head of field service       | ngozi.eze        |
tomasz.nowak     | Tomasz Nowak       | field      | Crew lead, north            | greta.olsen      |
maria.santos     | Maria Santos       | field      | Technician, north           | tomasz.nowak     |
dmitri.volkov    | Dmitri Volkov      | field      | Technician, north           | tomasz.nowak     |
elif.demir       | Elif Demir         | field      | Technician, north           | tomasz.nowak     |
george.achieng   | George Achieng     | field      | Crew lead, south            | greta.olsen      |
hana.suzuki      | Hana Suzuki        | field      | Technician, south           | george.achieng   |
liam.byrne       | Liam Byrne         | field      | Technician, south           | george.achieng   |
nadia.benali     | Nadia Benali       | field      | Technician, south           | george.achieng   |
peter.vos        | Peter Vos          | field      | Meter reader                | greta.olsen      | left
robert.hale      | Robert Hale        | networks   | Head of pipe networks       | ngozi.eze        |
zeynep.arslan    | Zeynep Arslan      | networks   | Network planner             | robert.hale      |
kwame.boateng    | Kwame Boateng      | networks   | Leakage engineer            | robert.hale      |
anna.virtanen    | Anna Virtanen      | networks   | Telemetry engineer          | robert.hale      |
carlos.mendez    | Carlos Méndez      | networks   | Telemetry engineer          | robert.hale      |
judith.stern     | Judith Stern       | finance    | Head of finance             | samir.haddad     |
ming.zhao        | Ming Zhao          | finance    | Billing lead                | judith.stern     |
olga.ivanova     | Olga Ivanova       | finance    | Billing clerk               | ming.zhao        |
daniel.reyes     | Daniel Reyes       | finance    | Payroll accountant          | judith.stern     |
fiona.walsh      | Fiona Walsh        | finance    | Buyer                       | judith.stern     |
miriam.cohen     | Miriam Cohen       | people     | Head of people              | helena.brandt    |
arjun.patel      | Arjun Patel        | people     | Recruiter                   | miriam.cohen     |
clara.jensen     | Clara Jensen       | people     | Vendor manager              | miriam.cohen     |
stefan.maier     | Stefan Maier       | people     | Counsel                     | miriam.cohen     |
ext.joao.pires   | João Pires         | vendor     | Pumpworks: pump engineer    | clara.jensen     |
ext.ruth.adler   | Ruth Adler         | vendor     | Pumpworks: pump engineer    | clara.jensen     |
ext.ken.mori     | Ken Mori           | vendor     | Pumpworks: dispatcher       | clara.jensen     | free
`;

/** Accounts that are no person: `name | kind | what it is for | owner's name | flags`. */
export const ACCOUNTS = `
svc-backup       | service | Nightly backups                    | rafael.costa  | admin
svc-scada-link   | service | Pump readings into the data store  | anna.virtanen |
svc-payroll      | service | Pay run, once a month              | daniel.reyes  |
svc-meter-import | service | Meter readings from hand terminals | carlos.mendez |
svc-scan         | service | Scanners that send to shared boxes | sunita.rao    |
kiosk-lab-1      | device  | Shared workstation, laboratory     | hugo.lambert  |
kiosk-gate-2     | device  | Shared workstation, south gate     | greta.olsen   |
`;

/** `name | kind | members`. A member that begins with `@` is a group. */
export const GROUPS = `
crew-north     | plain  | tomasz.nowak maria.santos dmitri.volkov elif.demir
crew-south     | plain  | george.achieng hana.suzuki liam.byrne nadia.benali
control-room   | plain  | amara.osei viktor.petrov noor.rahman jonas.keller lucia.ferrer
pumpworks      | plain  | ext.joao.pires ext.ruth.adler ext.ken.mori
all-crews      | nested | @crew-north @crew-south greta.olsen
all-staff      | dynamic | helena.brandt imani.okafor dario.conti greta.olsen judith.stern miriam.cohen robert.hale farah.siddiqui
payroll-readers | synced | samir.haddad judith.stern daniel.reyes
shift-news     | mail   | amara.osei viktor.petrov noor.rahman jonas.keller lucia.ferrer greta.olsen
`;

/**
 * Ways around strong sign-in that were there before Postern came: `form | policy | subject | days ago | who made it | what is seen |
 * why it cannot be taken away from here`.
 */
export const BYPASSES = `
requirement_cleared | smartcard | helena.brandt | 412 | imani.okafor | strongSignIn=off |
requirement_cleared | smartcard | jonas.keller | 96 | aisha.diallo | strongSignIn=off |
requirement_cleared | smartcard | hana.suzuki | 21 | ben.carver | strongSignIn=off |
requirement_cleared | smartcard | kiosk-lab-1 | 530 | oskar.lind | strongSignIn=off |
governed_group_member | vpn | viktor.petrov | 61 | ben.carver | member of vpn-exempt |
governed_group_member | vpn | ext.joao.pires | 205 | yusuf.kaya | member of vpn-exempt |
governed_group_member | admin-portal | rafael.costa | 12 | imani.okafor | member of portal-exempt |
ungoverned_exemption | vpn | crew-north | 340 | rafael.costa | rule "old hand terminals" lets the group in |
ungoverned_exemption | admin-portal | svc-backup | 288 | rafael.costa | rule "trusted addresses" skips the key | The rule "trusted addresses" serves other accounts too: change it in the portal.
password_not_required | | svc-scada-link | 760 | anna.virtanen | passwordRequired=no |
password_never_expires | | svc-payroll | 610 | sunita.rao | passwordMaxAge=never |
password_never_expires | | svc-backup | 610 | rafael.costa | passwordMaxAge=never |
weaker_password_policy | | samir.haddad | 150 | pavel.dvorak | password settings "board": 8 characters | The password settings "board" apply to the whole board: change them in the directory.
password_reset_behind_requirement | smartcard | tomasz.nowak | 9 | aisha.diallo | password written after strongSignIn=on |
password_usable | vpn | ext.ruth.adler | 33 | yusuf.kaya | a password is still set |
`;
