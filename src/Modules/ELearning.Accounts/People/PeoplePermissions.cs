namespace ELearning.Accounts;

public static class PeoplePermissions
{
    public const string Read = "people.read";
    public const string Manage = "people.manage";
    public const string ActAs = "people.act-as";
}
